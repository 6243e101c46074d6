/* What do recvfrom and sendto alone cost? Sends each question back as NXDOMAIN. echo PORT, on loopback. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
    static unsigned char message[4096];
    struct sockaddr_in here = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int size = 4 << 20, s = socket(AF_INET, SOCK_DGRAM, 0);

    if (argc != 2)
        return 2;
    here.sin_port = htons(atoi(argv[1]));
    setsockopt(s, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    setsockopt(s, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    if (s < 0 || bind(s, (struct sockaddr *)&here, sizeof here)) {
        perror("echo");
        return 1;
    }
    for (;;) {
        struct sockaddr_in from;
        socklen_t length = sizeof from;
        ssize_t got = recvfrom(s, message, sizeof message, 0, (struct sockaddr *)&from, &length);
        if (got < 12)
            continue;
        message[2] |= 0x80; /* an answer */
        message[3] = 0x83;  /* NXDOMAIN, recursion available */
        sendto(s, message, got, 0, (struct sockaddr *)&from, length);
    }
}
