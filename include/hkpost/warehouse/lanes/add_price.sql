-- The price that holds from now on.
INSERT INTO hkpost.polling_price (made_at, counted_until, price_hours, lateness_hours, questions_a_day, items)
VALUES (now(), now(), :price, :lateness, :questions, :items);
