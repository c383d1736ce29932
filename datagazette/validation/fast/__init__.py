"""What exists for speed only: lines that one regular expression finds to be fine."""
