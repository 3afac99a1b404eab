"""What writes pages, patches and pictures of this repository. Not in the wheel."""
