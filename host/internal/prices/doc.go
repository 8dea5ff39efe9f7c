// Package prices knows what models cost and how much they take: a snapshot of public tables, kept in
// snapshot.json, and the arithmetic from usage to US dollars. Unknown is unknown and never zero.
//
// The snapshot is made by gen out of two packages under the MIT licence, whose texts lie beside it; make
// prices renews it. It holds list prices of the standard tier, the same for everybody: what a free plan, a
// discount or a contract makes of them is for a configuration to say.
package prices
