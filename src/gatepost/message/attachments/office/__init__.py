"""What Office documents of all ages are made of: containers, macros, fields, objects. The openers put it together."""
