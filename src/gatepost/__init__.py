"""gatepost: one guarded gate for mail interfaces. The library's face: Scanner, scan, Report."""
