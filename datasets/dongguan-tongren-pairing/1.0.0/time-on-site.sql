SELECT fact, measure AS label, measure_en AS label_en, CAST(value AS DOUBLE) AS months, bound
FROM terms
WHERE unit = 'months'
ORDER BY months DESC, fact
