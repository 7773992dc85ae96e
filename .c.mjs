import { UnionFs } from './dist/index.js';
import v8 from 'node:v8';
const small=Buffer.alloc(100,66); const u0=UnionFs.over([]); for(let i=0;i<100;i++)u0.fs.mkdirSync('/d'+i); const layer=await u0.toLayer();
const paths=Array.from({length:10000},(_,i)=>`/made/${i%100}/file-${i}`);
function run(){const fs=UnionFs.over([layer]).fs; for(let i=0;i<100;i++)fs.mkdirSync('/made/'+i,{recursive:true});for(const p of paths)fs.writeFileSync(p,small);return fs}
run();run();gc();const b=process.memoryUsage().heapUsed;const f=run();const a=process.memoryUsage().heapUsed;gc();const c=process.memoryUsage();console.log('allocated',(a-b)/1e4,'retained',(c.heapUsed-b)/1e4, c.arrayBuffers);
const ts=[];for(let k=0;k<40;k++){const t=performance.now();run();ts.push(performance.now()-t)}ts.sort((x,y)=>x-y);console.log('median us',ts[20]/10,'min',ts[0]/10);
