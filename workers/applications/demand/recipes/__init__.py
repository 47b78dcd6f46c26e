"""Demand by place, half an hour ahead: from events to counts, from counts to forecasts, and their value.

The system of the talk at GTC Japan 2017: counts on a mesh of 500 m and time bins of 30 minutes; a stacked denoising
autoencoder abstracts the inputs, a predictor gives the next time bin. Beside it stand the simple models that it has to
beat. Nothing here knows Django.
"""
