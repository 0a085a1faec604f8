"""How cost, size and speed change as a store grows, and what a head of very many feeds must do."""
