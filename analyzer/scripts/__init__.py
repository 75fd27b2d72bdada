"""House scripts: what makes language scripted is that everyone says it."""
