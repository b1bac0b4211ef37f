# Waits for translation.
