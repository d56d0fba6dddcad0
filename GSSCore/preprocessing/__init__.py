"""From a study to what a network sees, and the settings that a network's card holds for it."""
