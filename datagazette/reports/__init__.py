"""Reports: blocks, their writers (text, Markdown, HTML), and problems as people and code hosts read them."""
