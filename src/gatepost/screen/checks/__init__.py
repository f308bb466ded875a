"""Pure answers, one file each: `examine(case, kit)` yields findings and features."""
