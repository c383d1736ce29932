SELECT sum(visits) AS total
FROM visits
