SELECT sum(visits) AS visits
FROM visits
