"""NetworkX: shortest paths and other measures of graphs."""
import random

import networkx as nx

random.seed(5)
graph = nx.Graph()
for _ in range(400):
    a, b = random.randrange(100), random.randrange(100)
    if a != b:
        graph.add_edge(a, b, weight=random.randrange(1, 20))
print(graph, nx.is_connected(graph))
nodes = sorted(graph)
print(nx.shortest_path(graph, nodes[0], nodes[-1]), nx.shortest_path_length(graph, nodes[0], nodes[-1]))
print(nx.dijkstra_path(graph, nodes[1], nodes[-2]), nx.dijkstra_path_length(graph, nodes[1], nodes[-2]))
print(nx.bellman_ford_path_length(graph, nodes[1], nodes[-2]), nx.astar_path(graph, nodes[1], nodes[-2]))
print(sum(d["weight"] for _, _, d in nx.minimum_spanning_edges(graph, data=True)))
print(len(nx.core_number(graph)))
print({k: round(v, 6) for k, v in sorted(nx.betweenness_centrality(graph).items())[:6]})
digraph = nx.gn_graph(30, seed=3)
print(list(nx.topological_sort(digraph))[:10], nx.dag_longest_path_length(digraph))
print(nx.maximum_flow_value(nx.DiGraph([(0, 1, {"capacity": 3}), (0, 2, {"capacity": 2}), (1, 2, {"capacity": 5}), (1, 3, {"capacity": 2}), (2, 3, {"capacity": 3})]), 0, 3))
print([sorted(c) for c in nx.find_cliques(nx.karate_club_graph()) if len(c) > 3])
print(nx.greedy_color(nx.petersen_graph()), nx.diameter(nx.petersen_graph()))
try:
    nx.shortest_path(graph, 0, "nowhere")
except nx.NodeNotFound as error:
    print(error)
