SELECT 'Q' || quarter(day) AS quarter, upper(left(department, 1)) || substr(department, 2) AS department, sum(amount) AS paid
FROM payments
GROUP BY ALL
ORDER BY quarter, department
