/* Gives a load tool that knows no CONNECT a port of its own: each connection to it becomes a tunnel through a proxy.
 * connect LISTEN_PORT PROXY_PORT HOST:PORT, on loopback. One thread a connection. */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PIECE 65536

static struct sockaddr_in proxy;
static char request[600];

static int send_all(int to, const char *from, ssize_t count)
{
    while (count > 0) {
        ssize_t sent = send(to, from, count, MSG_NOSIGNAL);
        if (sent <= 0)
            return -1;
        from += sent;
        count -= sent;
    }
    return 0;
}

/* Reads the proxy's answer; -1 unless it is 200. What follows the head is not there yet: the client speaks first. */
static int opened(int server)
{
    char head[4096];
    int got = 0;

    while (got < (int)sizeof head - 1) {
        ssize_t n = recv(server, head + got, sizeof head - 1 - got, 0);
        if (n <= 0)
            return -1;
        got += n;
        head[got] = 0;
        if (strstr(head, "\r\n\r\n"))
            return strncmp(head + 9, "200", 3) ? -1 : 0;
    }
    return -1;
}

static void copy_both_ways(int client, int server)
{
    static __thread char piece[PIECE];
    struct pollfd ends[2] = { { client, POLLIN, 0 }, { server, POLLIN, 0 } };
    int open = 2;

    while (open) {
        if (poll(ends, 2, -1) < 0)
            return;
        for (int i = 0; i < 2; i++) {
            if (!ends[i].revents)
                continue;
            int from = i ? server : client, to = i ? client : server;
            ssize_t got = recv(from, piece, sizeof piece, 0);
            if (got < 0 || (got > 0 && send_all(to, piece, got)))
                return;
            if (got == 0) {
                shutdown(to, SHUT_WR);
                ends[i].fd = -1;
                open--;
            }
        }
    }
}

static void *serve(void *argument)
{
    int client = (int)(long)argument, one = 1, server = socket(AF_INET, SOCK_STREAM, 0);

    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (!connect(server, (struct sockaddr *)&proxy, sizeof proxy) && !send_all(server, request, strlen(request)) &&
        !opened(server))
        copy_both_ways(client, server);
    close(server);
    close(client);
    return NULL;
}

int main(int argc, char **argv)
{
    struct sockaddr_in here = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    pthread_attr_t small;
    int one = 1, s = socket(AF_INET, SOCK_STREAM, 0);

    if (argc != 4)
        return 2;
    signal(SIGPIPE, SIG_IGN);
    snprintf(request, sizeof request, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n", argv[3], argv[3]);
    proxy = here;
    here.sin_port = htons(atoi(argv[1]));
    proxy.sin_port = htons(atoi(argv[2]));
    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(s, (struct sockaddr *)&here, sizeof here) || listen(s, 1024)) {
        perror("connect");
        return 1;
    }
    pthread_attr_init(&small);
    pthread_attr_setdetachstate(&small, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&small, 256 * 1024);
    for (;;) {
        pthread_t thread;
        int client = accept(s, NULL, NULL);
        if (client >= 0 && pthread_create(&thread, &small, serve, (void *)(long)client))
            close(client);
    }
}
