//! Quartz cron expressions: what the service's schedules are written in (dossier 3.4).
