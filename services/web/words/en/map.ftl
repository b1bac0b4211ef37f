# Map
