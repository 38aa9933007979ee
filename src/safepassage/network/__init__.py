"""Roads: the network a case runs on, its files, and ways through it."""
