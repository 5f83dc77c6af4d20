"""The pages of those who look after the tool: what the commands do, for people with a browser."""
