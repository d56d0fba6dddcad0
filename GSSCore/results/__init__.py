"""What comes out: the segmentation in memory, its manifest, its pictures, its page, and all of them as files."""
