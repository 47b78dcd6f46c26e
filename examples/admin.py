"""An admin's script: who is here, what was done, and where every project stands against its target.

PLATEAU_TOKEN=plt_… python examples/admin.py
"""

import os

import requests

api = requests.Session()
api.headers["Authorization"] = f"Bearer {os.environ['PLATEAU_TOKEN']}"
base = os.environ.get("PLATEAU_URL", "http://127.0.0.1:8000") + "/api/v1"

for member in api.get(f"{base}/members/").json()["results"]:
    print(f"{member['role']:<10} {member['email']:<30} {'active' if member['is_active'] else 'closed'}")
for project in api.get(f"{base}/projects/").json()["results"]:
    curves = api.get(f"{base}/projects/{project['id']}/learning-curves/", params={"limit": 1}).json()["results"]
    forecast = curves[0]["forecast"] if curves else None
    labels_needed = forecast["labels_needed"] if forecast else "no curve yet"
    labeled = project["tasks"]["done"]
    print(f"{project['name']}: {labeled} labeled, target {project['target']:.0%}, needed: {labels_needed}")
for event in api.get(f"{base}/audit-log/", params={"limit": 10}).json()["results"]:
    print(f"{event['created_at']} {event['actor']} {event['action']} {event['subject']} {event['subject_id']}")
