SELECT substr(day, 1, instr(day, '/') - 1) AS month, count(*) AS trips FROM t GROUP BY month ORDER BY month
