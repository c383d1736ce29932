SELECT count(*) AS payments, sum(amount) AS paid, sum(amount) FILTER (WHERE amount < 0) AS corrected
FROM payments
