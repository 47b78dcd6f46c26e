"""From one image to a 3D mesh, learned from silhouettes alone through a differentiable rasterizer.

After H. Kato, Y. Ushiku and T. Harada 2018, "Neural 3D Mesh Renderer" (arXiv 1711.07566), written from the paper.
Nothing here knows Django.
"""
