SELECT 'milestones' AS resource, later.fact AS key, 'date' AS field, earlier.date AS earlier, later.date AS given
FROM milestones AS earlier JOIN milestones AS later
    ON (earlier.fact, later.fact) IN (('B01', 'B02'), ('B02', 'B08'))
WHERE later.date < earlier.date
ORDER BY later.fact
