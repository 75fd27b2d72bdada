"""How good the judgements are: measures, baselines, cross-validation over authors."""
