SELECT 'allowances' AS resource, high.fact AS key, 'value' AS field, high.value AS given, low.value AS lower_grade
FROM allowances AS high JOIN allowances AS low ON low.region = high.region AND low.rank = high.rank - 1
WHERE high.value <= low.value
ORDER BY high.fact
