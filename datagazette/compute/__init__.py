"""What is computed from typed tables: queries in a sandbox, summaries, figures and names of codes."""
