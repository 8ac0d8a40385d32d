# Two stages: build with Go, run from nothing but the binary.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /out/praatpaal . && mkdir -p /out/keys

FROM scratch
COPY --from=build /out/praatpaal /praatpaal
# The sealing keys live on a volume that the server, which is not root, may write.
COPY --from=build --chown=65532:65532 /out/keys /keys
USER 65532:65532
ENV PRAATPAAL_ADDR=0.0.0.0:8080 PRAATPAAL_KEYS=/keys
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s --retries=3 CMD ["/praatpaal", "health"]
ENTRYPOINT ["/praatpaal"]
CMD ["serve"]
