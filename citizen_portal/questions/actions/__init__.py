"""What can happen to questions: asked, added to and withdrawn by citizens; answered by bodies."""
