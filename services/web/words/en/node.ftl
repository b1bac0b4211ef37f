# A group's own page, on its node
