"""Once a day the files go that no row names."""

from datetime import timedelta

from resonanz.foundation.media.services import clean_orphans
from resonanz.foundation.work.routines import recurring

recurring("clean media", clean_orphans, every=timedelta(days=1))
