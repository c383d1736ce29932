SELECT id, visits
FROM visits
WHERE visits = 0
