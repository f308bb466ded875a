"""Questions to the world, asked before the checks look: what they bring is recorded with the verdict."""
