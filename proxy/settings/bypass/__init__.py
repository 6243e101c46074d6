"""The files of `blocklists/bypass`, in which a technician reads and extends what detectors know."""
