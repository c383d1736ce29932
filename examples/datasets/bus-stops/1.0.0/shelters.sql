SELECT count(*) AS stops, count(*) FILTER (WHERE shelter) AS sheltered
FROM stops
