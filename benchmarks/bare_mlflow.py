"""MLflow's own server as WSGI with nothing of ours around it: what `mlflow_proxy.py` compares the proxy with."""

import os

os.environ["MLFLOW_ENABLE_WORKSPACES"] = "false"
os.environ["MLFLOW_SERVER_DISABLE_SECURITY_MIDDLEWARE"] = "true"
os.environ["_MLFLOW_SERVER_SERVE_ARTIFACTS"] = "true"
os.environ["_MLFLOW_SERVER_ARTIFACT_ROOT"] = "mlflow-artifacts:/"

from mlflow.server import app  # it reads the variables when it is imported

application = app.wsgi_app
