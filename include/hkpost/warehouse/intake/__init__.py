"""Item numbers of the business: taken into `mail_item`, or refused with a reason."""
