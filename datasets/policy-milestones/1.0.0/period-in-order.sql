SELECT 'targets' AS resource, fact AS key, 'period_end' AS field, period_start, period_end
FROM targets
WHERE period_end < period_start OR announced > period_end
ORDER BY fact
