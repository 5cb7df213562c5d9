"""Forms about choices: what officers and citizens send."""
