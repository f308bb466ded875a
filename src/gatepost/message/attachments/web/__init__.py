"""What pages hold and do: what scripts would build is decoded without running them."""
