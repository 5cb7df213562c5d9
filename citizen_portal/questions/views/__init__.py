"""Pages of citizens: what they asked, and what bodies put right."""
