"""Reads disk images as a system that mounts them does: partitions, FAT, NTFS and UDF; pure code over bytes."""
