"""The commands, one file each; heavy parts load only in use."""
