"""Demand by place, half an hour ahead: from events to counts, from counts to forecasts, and what they are worth.

The system of the talk at GTC Japan 2017: counts on a mesh of 500 m and slots of 30 minutes; a stacked denoising
autoencoder abstracts the inputs, a predictor gives the next slot. Beside it stand the simple models that it has to
beat. Nothing here knows Django.
"""
