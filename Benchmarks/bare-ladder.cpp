// The least a price-time-priority book can do, with nothing else around it: an array of prices with linked orders.
// It reads the records of `bench orders` and prints million messages a second: the yardstick of the order book.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

struct Record { uint8_t type, side; uint16_t zero; uint32_t id; int32_t price, lots; };
struct Order { int32_t lots, price, previous, next; };
struct Level { int32_t head, tail; };

struct Ladder {
    std::vector<Order> orders;
    std::vector<Level> levels;
    int bid = 0, ask;
    int64_t trades = 0, notional = 0, live = 0;

    Ladder(size_t ids, int top) : orders(ids + 1), levels(top + 2), ask(top + 1) {}

    void remove(uint32_t id) {
        Order &o = orders[id];
        if (o.previous) orders[o.previous].next = o.next; else levels[o.price].head = o.next;
        if (o.next) orders[o.next].previous = o.previous; else levels[o.price].tail = o.previous;
        o.lots = 0;
        live--;
        if (levels[o.price].head) return;
        if (o.price == bid) while (bid > 0 && !levels[bid].head) bid--;
        else if (o.price == ask) while (ask < (int)levels.size() - 1 && !levels[ask].head) ask++;
    }

    void apply(const Record &r) {
        if (r.type == 0) {
            Level &l = levels[r.price];
            orders[r.id] = {r.lots, r.price, l.tail, 0};
            if (l.tail) orders[l.tail].next = r.id; else l.head = r.id;
            l.tail = r.id;
            live++;
            if (r.side == 0) { if (r.price > bid) bid = r.price; } else if (r.price < ask) ask = r.price;
        } else if (r.type == 1) {
            remove(r.id);
        } else {
            for (int left = r.lots; left > 0;) {
                int best = r.side == 0 ? ask : bid;
                uint32_t id = levels[best].head;
                if (!id) break;
                int part = left < orders[id].lots ? left : orders[id].lots;
                left -= part;
                orders[id].lots -= part;
                trades++;
                notional += (int64_t)part * best;
                if (!orders[id].lots) remove(id);
            }
        }
    }
};

int main(int count, char **arguments) {
    if (count < 3) { fprintf(stderr, "usage: bare-ladder orders.bin PREFILL\n"); return 2; }
    FILE *file = fopen(arguments[1], "rb");
    if (!file) { perror(arguments[1]); return 2; }
    std::vector<Record> records;
    Record r;
    size_t ids = 0, prefill = atoi(arguments[2]);
    int top = 0;
    while (fread(&r, sizeof r, 1, file) == 1) {
        records.push_back(r);
        if (r.id > ids) ids = r.id;
        if (r.price > top) top = r.price;
    }
    for (int repeat = 0; repeat < 5; repeat++) {
        Ladder book(ids, top);
        for (size_t i = 0; i < prefill; i++) book.apply(records[i]);
        auto start = std::chrono::steady_clock::now();
        for (size_t i = prefill; i < records.size(); i++) book.apply(records[i]);
        double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        printf("bare ladder %.1f M messages/s, trades %ld, notional %ld, live %ld\n",
               (records.size() - prefill) / seconds / 1e6, (long)book.trades, (long)book.notional, (long)book.live);
    }
}
