"""What is in a PDF: its structure, objects, actions, streams and pictures."""
