"""How words and calls reach people, and what leaves the project for services elsewhere."""
