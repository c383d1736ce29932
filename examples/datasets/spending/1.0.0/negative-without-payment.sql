SELECT payment, amount
FROM payments
WHERE amount < 0 AND corrects IS NULL
ORDER BY payment
